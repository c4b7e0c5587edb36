package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// wire is the policy as it travels: a scheme stands under its own name.
type wire struct {
	Verify   schemes          `json:"verify"`
	Methods  []string         `json:"methods,omitempty"`
	MaxBody  int64            `json:"max_body,omitempty"`
	Dedupe   Expr             `json:"dedupe,omitzero"`
	Accepted Answer           `json:"accepted,omitzero"`
	Refused  map[Cause]Answer `json:"refused,omitempty"`
}

type schemes struct {
	Token *Token `json:"token,omitempty"`
}

// MarshalJSON writes the policy for the bucket NETWORKS.
func (p Policy) MarshalJSON() ([]byte, error) {
	w := wire{Methods: p.Methods, MaxBody: p.MaxBody, Dedupe: p.Dedupe, Accepted: p.Accepted, Refused: p.Refused}
	switch s := p.Verify.(type) {
	case Token:
		w.Verify.Token = &s
	default:
		return nil, fmt.Errorf("webhook policy: unknown scheme %T", s)
	}
	return json.Marshal(w)
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
	if w.Verify.Token == nil {
		return errors.New("webhook policy: unknown or missing scheme")
	}
	*p = Policy{Verify: *w.Verify.Token, Methods: w.Methods, MaxBody: w.MaxBody, Dedupe: w.Dedupe, Accepted: w.Accepted, Refused: w.Refused}
	return p.Validate()
}
