package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Handshake describes a call by which a network only asks for a certain answer, such as a check that the webhook is ours. It is
// answered at once and not stored.
//
//	webhook.Handshake{ // Meta's
//		When:  []expr.Condition{expr.MethodIs("GET"), expr.Equals(expr.Query("hub.mode"), "subscribe")},
//		Token: expr.Query("hub.verify_token"), Secret: "verify_token", Echo: expr.Query("hub.challenge"),
//	}
type Handshake struct {
	// When are the conditions that tell it from other calls; all of them have to hold. If none of them asks for a method, it is a
	// POST. Required.
	When expr.Conditions `json:"when"`
	// Token finds a value in the call that has to equal the account's field named Secret. Then the call is proved, without the
	// policy's Verify. If both are empty, Verify and Freshness have to hold.
	Token  expr.Expr `json:"token,omitzero"`
	Secret string    `json:"secret,omitempty"`
	// Answer is the answer; default 200 with an empty body.
	Answer Answer `json:"answer,omitzero"`
	// Echo finds the value that is answered in place of Answer's body, as text unless Answer has another type. If it finds nothing, the
	// call is no handshake.
	Echo expr.Expr `json:"echo,omitzero"`
	// Account names the account's field that is answered in place of Answer's body: a text that the network gave beforehand and asks
	// for now. Ingress gets the field as it is. If the account has no such field, the call is no handshake.
	Account string `json:"account,omitempty"`
	// EchoKey has the echo answered as JSON: {"<key>": "<echo>"}.
	EchoKey string `json:"echo_key,omitempty"`
	// HMAC answers a keyed hash of what Echo finds: in JSON under HMACKey beside EchoKey, or alone. Only a caller that has proved to be
	// the network gets it. Otherwise a stranger could have any text hashed with the key by which calls are signed.
	HMAC    proof.MAC `json:"hmac,omitzero"`
	HMACKey string    `json:"hmac_key,omitempty"`
	// Decrypt answers what Echo finds, decrypted. If it cannot be decrypted, the call is forged.
	Decrypt Decrypt `json:"decrypt,omitzero"`
}

// greets says whether a handshake comes by this method.
func (p Policy) greets(method string) bool {
	for _, h := range p.Handshakes {
		if h.When.Method() == method {
			return true
		}
	}
	return false
}

// is says whether the call is this handshake, proved or not.
func (h *Handshake) is(c Call, s Secrets) bool {
	return h.mayBe(c, s) && h.When.Inside(c, s) && h.echoes(c)
}

// mayBe says whether the call is this handshake, for all that can be told without its body.
func (h *Handshake) mayBe(c Call, s Secrets) bool {
	return c.Method == h.When.Method() && len(h.When) > 0 && h.When.Outside(c, s) && (h.Account == "" || s.Has(h.Account)) &&
		(h.Echo.AsksBody() || h.echoes(c))
}

// asksBody says that only the body tells whether a call is this handshake, and whether it is proved.
func (h *Handshake) asksBody() bool {
	return h.Token.AsksBody() || h.Echo.AsksBody() || slices.ContainsFunc(h.When, expr.Condition.AsksBody)
}

// open says whether the body may prove the call to be this handshake, whatever the policy's Verify says.
func (h *Handshake) open(c Call, s Secrets) bool {
	return h.Secret != "" && h.asksBody() && h.mayBe(c, s) && (h.Token.AsksBody() || h.prove(c, s) == Authentic)
}

// echoes says whether there is what is to be answered.
func (h *Handshake) echoes(c Call) bool { return h.Echo.None() || h.Echo.Find(c) != "" }

// prove judges a handshake with a proof of its own.
func (h *Handshake) prove(c Call, s Secrets) Cause {
	sent := h.Token.Find(c)
	switch {
	case sent == "":
		return Unsigned
	case s.Holds(h.Secret, sent):
		return Authentic
	default:
		return Forged
	}
}

// computes says whether what a proved call asks for can be computed.
func (h *Handshake) computes(c Call, s Secrets) bool {
	switch {
	case h.HMAC != (proof.MAC{}):
		return h.HMAC.Of("", s) != ""
	case h.Decrypt != (Decrypt{}):
		_, ok := h.Decrypt.of(h.Echo.Find(c), s)
		return ok
	default:
		return true
	}
}

func (h *Handshake) answer(c Call, s Secrets) Answer {
	a := h.Answer
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	if h.Account == "" && h.Echo.None() {
		return a
	}
	object, found := map[string]string{}, h.Echo.Find(c)
	if h.EchoKey != "" {
		object[h.EchoKey] = found
	}
	switch {
	case h.Account != "":
		a.Body = s.First(h.Account)
	case h.HMAC != (proof.MAC{}):
		if a.Body = h.HMAC.Of(found, s); h.HMACKey != "" {
			object[h.HMACKey] = a.Body
		}
	case h.Decrypt != (Decrypt{}):
		a.Body, _ = h.Decrypt.of(found, s)
	default:
		a.Body = found
	}
	contentType := "text/plain; charset=utf-8"
	if len(object) > 0 {
		data, _ := json.Marshal(object) // texts can always be written
		a.Body, contentType = string(data), "application/json"
	}
	if a.ContentType == "" {
		a.ContentType = contentType
	}
	return a
}

func (h *Handshake) problem() error {
	var errs []error
	if len(h.When) == 0 {
		errs = append(errs, errors.New("when is required"))
	}
	errs = append(errs, h.When.Problems("when")...)
	if (h.Secret != "") == h.Token.None() {
		errs = append(errs, errors.New("token and secret go together"))
	}
	for what, e := range map[string]expr.Expr{"token": h.Token, "echo": h.Echo} {
		if err := e.Problem(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	if h.EchoKey != "" && h.Echo.None() {
		errs = append(errs, errors.New("echo_key goes with echo"))
	}
	errs = append(errs, h.computed()...)
	if (!h.Echo.None() || h.Account != "") && h.Answer.Body != "" {
		errs = append(errs, errors.New("echo, or account, takes the place of the answer's body"))
	}
	if !h.Echo.None() && h.Account != "" {
		errs = append(errs, errors.New("exactly one of echo and account is answered"))
	}
	if s := h.Answer.Status; s != 0 && (s < 200 || s > 299) && (s < 400 || s > 499) {
		errs = append(errs, fmt.Errorf("status %d is no answer to a handshake", s))
	}
	errs = append(errs, h.Answer.problem())
	return errors.Join(errs...)
}

// computed is what is wrong with an answer that is computed.
func (h *Handshake) computed() (errs []error) {
	mac, decrypt := h.HMAC != (proof.MAC{}), h.Decrypt != (Decrypt{})
	if (mac || decrypt) && h.Echo.None() {
		errs = append(errs, errors.New("hmac and decrypt go with echo"))
	}
	if mac && decrypt || decrypt && h.EchoKey != "" {
		errs = append(errs, errors.New("decrypt is all that is answered"))
	}
	if h.HMACKey != "" && !mac || mac && h.EchoKey != "" && (h.HMACKey == "" || h.HMACKey == h.EchoKey) {
		errs = append(errs, errors.New("hmac_key goes with hmac, and is required beside another echo_key"))
	}
	if mac {
		if err := h.HMAC.Problem(); err != nil {
			errs = append(errs, fmt.Errorf("hmac: %w", err))
		}
	}
	if decrypt {
		errs = append(errs, h.Decrypt.problem())
	}
	return errs
}
