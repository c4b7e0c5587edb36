package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// wire is the policy as it travels: a scheme stands under its own name.
type wire struct {
	Verify     schemes          `json:"verify"`
	Freshness  Freshness        `json:"freshness,omitzero"`
	Replay     Replay           `json:"replay,omitzero"`
	Methods    []string         `json:"methods,omitempty"`
	MaxBody    int64            `json:"max_body,omitempty"`
	Handshakes []Handshake      `json:"handshakes,omitempty"`
	Dedupe     Expr             `json:"dedupe,omitzero"`
	Accepted   Answer           `json:"accepted,omitzero"`
	Refused    map[Cause]Answer `json:"refused,omitempty"`
}

// schemes holds one scheme.
type schemes struct {
	Token     *Token     `json:"token,omitempty"`
	HMAC      *HMAC      `json:"hmac,omitempty"`
	Hash      *Hash      `json:"hash,omitempty"`
	Signature *Signature `json:"signature,omitempty"`
	JWT       *JWT       `json:"jwt,omitempty"`
	AnyOf     []schemes  `json:"any_of,omitempty"`
}

func packed(s Scheme) (out schemes, err error) {
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
			p, err := packed(one)
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

func (w schemes) unpacked() (Scheme, error) {
	if count(w.Token != nil, w.HMAC != nil, w.Hash != nil, w.Signature != nil, w.JWT != nil, len(w.AnyOf) > 0) != 1 {
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
		s, err := one.unpacked()
		if err != nil {
			return nil, err
		}
		several = append(several, s)
	}
	return several, nil
}

// MarshalJSON writes the policy for the bucket NETWORKS.
func (p Policy) MarshalJSON() ([]byte, error) {
	verify, err := packed(p.Verify)
	if err != nil {
		return nil, err
	}
	return json.Marshal(wire{
		Verify: verify, Freshness: p.Freshness, Replay: p.Replay, Methods: p.Methods, MaxBody: p.MaxBody, Handshakes: p.Handshakes,
		Dedupe: p.Dedupe, Accepted: p.Accepted, Refused: p.Refused,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. What it does not know, a scheme or a condition beside one, is an error: an
// older ingress refuses to open a door that it cannot guard.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var w wire
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&w); err != nil {
		return fmt.Errorf("webhook policy: %w", err)
	}
	verify, err := w.Verify.unpacked()
	if err != nil {
		return err
	}
	*p = Policy{
		Verify: verify, Freshness: w.Freshness, Replay: w.Replay, Methods: w.Methods, MaxBody: w.MaxBody, Handshakes: w.Handshakes,
		Dedupe: w.Dedupe, Accepted: w.Accepted, Refused: w.Refused,
	}
	return p.Validate()
}
