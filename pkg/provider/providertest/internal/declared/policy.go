package declared

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// policy holds for calls from outside: the network's own are admitted, others are not, and what is stored of one reads
// the same and holds no credential.
func (t Trial) policy(r stage.Reporter) {
	r.Helper()
	if t.Webhook == nil {
		return
	}
	admitted, told := false, false
	var refused []string
	for _, c := range t.Conversations {
		account := c.Account
		secrets, err := expr.SecretsOf(account)
		if err != nil {
			continue // reported where it is played
		}
		calls := 0
		for _, a := range c.Acts {
			if a.Account != nil {
				account = a.Account
				if secrets, err = expr.SecretsOf(account); err != nil {
					break // reported where it is played
				}
			}
			if !a.IsCall() {
				continue
			}
			calls++
			call, err := a.Webhook()
			if err != nil {
				continue // reported where it is played
			}
			call.Network, call.Channel = t.Name, "channel"
			locate(&call)
			signed, ok := t.signed(call, secrets)
			why := fmt.Sprintf("%s: call %d is refused: %s", c.File, calls, t.refusal(call, signed, secrets))
			switch {
			case t.credited(call, secrets):
				r.Errorf("%s", why)
				told = true
			case ok:
				admitted = true
				t.guarded(r, c.File, account, signed, secrets)
			default:
				refused = append(refused, why)
			}
		}
	}
	if len(refused) > 0 && !admitted && !told {
		r.Errorf("no call of the conversations is admitted by the policy: give a call.http a true signature, or the kit a way to make one"+
			" (Kit.Sign)\n%s", strings.Join(refused[:min(len(refused), mostRefused)], "\n"))
	}
}

// mostRefused bounds the calls that are told of.
const mostRefused = 3

// credited says that a call is refused as it is written though it holds a credential, or comes in a way that none mends.
// Where the credential is what follows the address, anything may stand there instead.
func (t Trial) credited(call webhook.Call, secrets webhook.Secrets) bool {
	cause := t.Webhook.Check(call, secrets)
	return cause != webhook.Authentic && cause != webhook.Unsigned && !(inPath(t.Webhook.Verify) && cause == webhook.Forged)
}

// refusal is why a call is refused: as it is written, or as it was signed for the account.
func (t Trial) refusal(call, signed webhook.Call, secrets webhook.Secrets) string {
	written, after := t.Webhook.Explain(call, secrets), t.Webhook.Explain(signed, secrets)
	if written == after || after == "" {
		return written
	}
	return fmt.Sprintf("%s; as the kit signs it: %s", written, after)
}

// locate gives a call the public address that it was made to.
func locate(c *webhook.Call) {
	c.URL = "https://bridge.example.com/webhooks/" + c.Network + "/" + c.Channel + c.Suffix
	if c.Query != "" {
		c.URL += "?" + c.Query
	}
}

// signed is the call as the network would make it, where that is known.
func (t Trial) signed(call webhook.Call, secrets webhook.Secrets) (webhook.Call, bool) {
	if t.Webhook.Check(call, secrets) == webhook.Authentic {
		return call, true
	}
	signed := stage.Clone(call)
	if t.Sign != nil {
		t.Sign(&signed, secrets)
	} else {
		sign(t.Webhook.Verify, &signed, secrets)
	}
	locate(&signed)
	return signed, t.Webhook.Check(signed, secrets) == webhook.Authentic
}

// guarded tries a call that is admitted with everything wrong that can be.
func (t Trial) guarded(r stage.Reporter, file string, account json.RawMessage, signed webhook.Call, secrets webhook.Secrets) {
	r.Helper()
	refused := func(what string, call webhook.Call, s webhook.Secrets) {
		if t.Webhook.Check(call, s) == webhook.Authentic {
			r.Errorf("%s: the policy admits %s", file, what)
		}
	}
	refused("a call while the account has no secrets", signed, webhook.Secrets{})
	others, empty := webhook.Secrets{}, webhook.Secrets{}
	for name, values := range secrets {
		empty[name] = []string{""}
		for _, value := range values {
			others[name] = append(others[name], "x"+value)
		}
	}
	refused("a call with another channel's secrets", signed, others)
	refused("a call while the account's secrets are empty", signed, empty)
	bare := stage.Clone(signed)
	bare.Header = http.Header{"Content-Type": signed.Header["Content-Type"]}
	bare.Query = ""
	if inPath(t.Webhook.Verify) {
		bare.Suffix = ""
	}
	bare.Body = t.Webhook.Strip(bare).Body // where a token stands in it
	locate(&bare)
	refused("a call without credentials", bare, secrets)
	if !t.static(t.Webhook.Verify) && t.Webhook.Replay.Keep == 0 && len(signed.Body) > 0 {
		altered := stage.Clone(signed)
		altered.Body = bytes.Replace(altered.Body, []byte(`"`), []byte(` "`), 1)
		if bytes.Equal(altered.Body, signed.Body) {
			altered.Body = append(altered.Body, '0')
		}
		refused("a call whose body was changed after it was signed", altered, secrets)
	}
	stored := t.Webhook.Strip(signed)
	for _, f := range t.Fields {
		for _, value := range secrets[f.Name] {
			if f.Secret && len(value) >= 5 && strings.Contains(head(stored), value) {
				r.Errorf("%s: what is stored of a call holds the secret %s", file, f.Name)
			}
		}
	}
	s := inbound.Reader{Network: t.Network, Account: account}
	before, _ := s.Events(signed, signed.Body)
	if after, _ := s.Events(stored, stored.Body); !slices.Equal(before, after) {
		r.Errorf("%s: Receive reads a call otherwise once it is stored: it needs what was stripped", file)
	}
}

// head is what a call says beside its body.
func head(c webhook.Call) string {
	var b strings.Builder
	b.WriteString(c.Suffix + "\n" + c.Query + "\n")
	_ = c.Header.Write(&b)
	return b.String()
}

// inPath says that the credential may be what follows the address: by the scheme, or by one of several.
func inPath(scheme proof.Scheme) bool {
	switch s := scheme.(type) {
	case proof.Token:
		return s.Path
	case proof.AnyOf:
		return slices.ContainsFunc(s, inPath)
	default:
		return false
	}
}

// static says that a scheme vouches for no body: a token, or a choice that has one in it.
func (t Trial) static(scheme proof.Scheme) bool {
	switch s := scheme.(type) {
	case proof.JWT:
		return s.Keys.URL != "" && s.BodyHash == "" // it vouches for who calls, as a token does
	case proof.Token:
		return true
	case proof.AnyOf:
		return slices.ContainsFunc(s, t.static)
	default:
		return false
	}
}
