package phone_test

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/services/egress/phone"
)

func TestAccount(t *testing.T) {
	for name, c := range map[string]struct {
		account string
		errors  int
	}{
		"good":             {`{"url":"http://127.0.0.1:8080/sandbox/phone/c1","secret":"abc"}`, 0},
		"empty":            {`{}`, 2},
		"no scheme":        {`{"url":"127.0.0.1:8080","secret":"abc"}`, 1},
		"secret in url":    {`{"url":"https://user:pass@a.example","secret":"abc"}`, 1},
		"space in secret":  {`{"url":"https://a.example","secret":"a b"}`, 1},
		"unknown settings": {`{"url":"https://a.example","secret":"abc","token":"x"}`, 1},
	} {
		errs := phone.Network.CheckAccount(json.RawMessage(c.account))
		if len(errs) != c.errors {
			t.Errorf("%s: %v, want %d errors", name, errs, c.errors)
		}
	}
}
