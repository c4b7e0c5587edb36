package draft

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/bonychat/puente/pkg/config"
)

// Standing is a channel as it is, for somebody who changes it.
type Standing struct {
	config.Channel
	// Version changes with anything of the channel. It tells nothing of it. "" where nobody can change it here.
	Version string
}

// asTyped is a setting as somebody types it; "" for none.
func asTyped(raw json.RawMessage) string {
	var value string
	if json.Unmarshal(raw, &value) == nil {
		return value
	}
	var any any
	if json.Unmarshal(raw, &any) != nil || any == nil {
		return ""
	}
	return string(marshal(any))
}

// raw is what was typed as JSON; nil for nothing.
func raw(f config.Field, typed string) json.RawMessage {
	if typed == "" {
		return nil
	}
	return marshal(valueOf(f, typed))
}

// AsTyped is an account as it is typed: its settings that are no credentials.
func (s Standing) AsTyped(networks []config.Network) map[string]string {
	have, typed := map[string]json.RawMessage{}, map[string]string{}
	_ = json.Unmarshal(s.Account.Reveal(), &have)
	if n := named(networks, s.Network); n != nil {
		for _, f := range n.Fields {
			if value := asTyped(have[f.Name]); !f.Secret && value != "" {
				typed[f.Name] = value
			}
		}
	}
	return typed
}

// Secrets are the fields that hold a credential: "platform.api_token", "account.token".
func (s Standing) Secrets(networks []config.Network) (fields []string) {
	if s.Platform.APIToken.Reveal() != "" {
		fields = append(fields, "platform.api_token")
	}
	have := map[string]json.RawMessage{}
	_ = json.Unmarshal(s.Account.Reveal(), &have)
	if n := named(networks, s.Network); n != nil {
		for _, f := range n.Fields {
			if f.Secret && have[f.Name] != nil {
				fields = append(fields, "account."+f.Name)
			}
		}
	}
	return fields
}

// versionOf tells two states of a channel apart for whoever has the key.
func versionOf(keyed []byte, c config.Channel) string {
	h := hmac.New(sha256.New, keyed)
	for _, part := range []string{c.ID, c.Network, string(c.ContactID), string(c.Locale), string(c.Uncertain), string(c.Platform.Reveal()), string(c.Account.Reveal())} {
		h.Write(marshal(part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// marshal writes what can always be written.
func marshal(v any) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // texts, and what was read from JSON
	}
	return bytes.TrimSpace(out.Bytes())
}
