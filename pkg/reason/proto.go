package reason

import (
	"maps"
	"strings"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Proto is the reason as it is stored, nil for the zero value.
func (r Reason) Proto() *reasonv1.Reason {
	if r.IsZero() {
		return nil
	}
	valid := func(s string) string { return strings.ToValidUTF8(s, "?") } // protobuf takes nothing else
	return &reasonv1.Reason{Code: valid(r.code), Fault: r.fault, Params: maps.Clone(r.params), En: valid(r.en), Es: valid(r.es)}
}

// FromProto is a reason as it was stored. Old is what an older version stored in its place, English words without a code:
// it is shown in both languages where there is no reason. The zero value where there is neither.
func FromProto(p *reasonv1.Reason, old string) Reason {
	if p == nil {
		return Untranslated(old)
	}
	return Reason{code: p.GetCode(), fault: p.GetFault(), params: maps.Clone(p.GetParams()), en: p.GetEn(), es: p.GetEs()}
}

// Untranslated is a reason in words alone, shown as they are in both languages: it has no code, and nobody's fault is
// known.
func Untranslated(words string) Reason { return Reason{en: words, es: words} }
