package proof

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/internal/count"
)

// Wire is a scheme as it travels, as JSON: under its own name. Exactly one of its fields is set.
type Wire struct {
	Token     *Token     `json:"token,omitempty"`
	HMAC      *HMAC      `json:"hmac,omitempty"`
	Hash      *Hash      `json:"hash,omitempty"`
	Signature *Signature `json:"signature,omitempty"`
	JWT       *JWT       `json:"jwt,omitempty"`
	AnyOf     []Wire     `json:"any_of,omitempty"`
}

// Pack is the scheme as it travels. The error is that of a scheme that is none of this package.
func Pack(s Scheme) (out Wire, err error) {
	switch s := s.(type) {
	case Token:
		out.Token = &s
	case HMAC:
		out.HMAC = &s
	case Hash:
		out.Hash = &s
	case Signature:
		out.Signature = &s
	case JWT:
		out.JWT = &s
	case AnyOf:
		for _, one := range s {
			p, err := Pack(one)
			if err != nil {
				return out, err
			}
			out.AnyOf = append(out.AnyOf, p)
		}
	default:
		return out, fmt.Errorf("webhook policy: unknown scheme %T", s)
	}
	return out, nil
}

// Unpack is the scheme that travelled, not yet looked at: see Problem.
func (w Wire) Unpack() (Scheme, error) {
	if count.Set(w.Token != nil, w.HMAC != nil, w.Hash != nil, w.Signature != nil, w.JWT != nil, len(w.AnyOf) > 0) != 1 {
		return nil, errors.New("webhook policy: unknown or missing scheme, or several")
	}
	switch {
	case w.Token != nil:
		return *w.Token, nil
	case w.HMAC != nil:
		return *w.HMAC, nil
	case w.Hash != nil:
		return *w.Hash, nil
	case w.Signature != nil:
		return *w.Signature, nil
	case w.JWT != nil:
		return *w.JWT, nil
	}
	var several AnyOf
	for _, one := range w.AnyOf {
		s, err := one.Unpack()
		if err != nil {
			return nil, err
		}
		several = append(several, s)
	}
	return several, nil
}
