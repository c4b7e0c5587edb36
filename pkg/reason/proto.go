package reason

import (
	"maps"
	"strings"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Proto is the reason as it is stored; nil for the zero value.
func (r Reason) Proto() *reasonv1.Reason {
	if r.IsZero() {
		return nil
	}
	valid := func(s string) string { return strings.ToValidUTF8(s, "?") } // protobuf takes nothing else
	return &reasonv1.Reason{Code: valid(r.code), Fault: r.fault, Params: maps.Clone(r.params), En: valid(r.en), Es: valid(r.es)}
}

// FromProto reads a stored reason. old is what an earlier version stored in its place, English words without a code: if p is nil, they are
// shown in both languages. If there is neither, it is the zero value.
func FromProto(p *reasonv1.Reason, old string) Reason {
	if p == nil {
		return Untranslated(old)
	}
	return Reason{code: p.GetCode(), fault: p.GetFault(), params: maps.Clone(p.GetParams()), en: p.GetEn(), es: p.GetEs()}
}

// Untranslated is a reason of words only, which are shown in both languages. It has no code and no fault.
func Untranslated(words string) Reason { return Reason{en: words, es: words} }
