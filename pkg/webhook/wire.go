package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// wire is the policy as it travels: a scheme stands under its own name.
type wire struct {
	Verify     proof.Wire       `json:"verify"`
	Freshness  Freshness        `json:"freshness,omitzero"`
	Replay     Replay           `json:"replay,omitzero"`
	Methods    []string         `json:"methods,omitempty"`
	MaxBody    int64            `json:"max_body,omitempty"`
	Handshakes []Handshake      `json:"handshakes,omitempty"`
	Dedupe     expr.Expr        `json:"dedupe,omitzero"`
	Accepted   Answer           `json:"accepted,omitzero"`
	Refused    map[Cause]Answer `json:"refused,omitempty"`
}

// MarshalJSON writes the policy for the bucket NETWORKS.
func (p Policy) MarshalJSON() ([]byte, error) {
	verify, err := proof.Pack(p.Verify)
	if err != nil {
		return nil, err
	}
	return json.Marshal(wire{
		Verify: verify, Freshness: p.Freshness, Replay: p.Replay, Methods: p.Methods, MaxBody: p.MaxBody, Handshakes: p.Handshakes,
		Dedupe: p.Dedupe, Accepted: p.Accepted, Refused: p.Refused,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. An unknown scheme or condition is an error: an older ingress admits no calls by a policy
// that it does not understand whole.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var w wire
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&w); err != nil {
		return fmt.Errorf("webhook policy: %w", err)
	}
	verify, err := w.Verify.Unpack()
	if err != nil {
		return err
	}
	*p = Policy{
		Verify: verify, Freshness: w.Freshness, Replay: w.Replay, Methods: w.Methods, MaxBody: w.MaxBody, Handshakes: w.Handshakes,
		Dedupe: w.Dedupe, Accepted: w.Accepted, Refused: w.Refused,
	}
	return p.Validate()
}
