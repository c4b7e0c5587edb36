package reason

import (
	"encoding/json"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// words are what faults are called in JSON, in labels and in tables.
var words = map[Fault]string{Contact: "contact", Agent: "agent", Setup: "setup", Network: "network", Puente: "puente"}

// Word is what a fault is called: "contact", "agent", "setup", "network", "puente", or "unknown".
func Word(f Fault) string {
	if word, ok := words[f]; ok {
		return word
	}
	return "unknown"
}

// document is a reason in JSON.
type document struct {
	Code   string            `json:"code,omitempty"`
	Fault  string            `json:"fault,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	En     string            `json:"en"`
	Es     string            `json:"es"`
}

// MarshalJSON implements [json.Marshaler]: an object with code, fault, params, en and es.
func (r Reason) MarshalJSON() ([]byte, error) {
	d := document{Code: r.code, Params: r.params, En: r.en, Es: r.es}
	if r.fault != reasonv1.Fault_FAULT_UNSPECIFIED {
		d.Fault = Word(r.fault)
	}
	return json.Marshal(d)
}

// UnmarshalJSON implements [json.Unmarshaler]. It also takes a text, which is what an older version wrote.
func (r *Reason) UnmarshalJSON(data []byte) error {
	var old string
	if json.Unmarshal(data, &old) == nil {
		*r = FromProto(nil, old)
		return nil
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	*r = Reason{code: d.Code, params: d.Params, en: d.En, es: d.Es}
	for fault, word := range words {
		if word == d.Fault {
			r.fault = fault
		}
	}
	return nil
}
