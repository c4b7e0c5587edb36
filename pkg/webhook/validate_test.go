package webhook_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

func TestMistakesInAPolicy(t *testing.T) {
	t.Parallel()
	if err := policy().Validate(); err != nil {
		t.Errorf("the least policy: %v", err)
	}
	for _, test := range []struct {
		name   string
		change func(*webhook.Policy)
		want   string
	}{
		{"no scheme", func(p *webhook.Policy) { p.Verify = nil }, "verify is required"},
		{"no header", func(p *webhook.Policy) { p.Verify = proof.Token{Secret: field} }, "exactly one of header"},
		{"no secret", func(p *webhook.Policy) { p.Verify = proof.Token{Header: header} }, "secret is required"},
		{"a body of less than nothing", func(p *webhook.Policy) { p.MaxBody = -1 }, "max_body"},
		{"a body that cannot be stored", func(p *webhook.Policy) { p.MaxBody = webhook.LargestMaxBody + 1 }, "max_body"},
		{"a method in small letters", func(p *webhook.Policy) { p.Methods = []string{"POST", "put"} }, `"put"`},
		{"a method without a name", func(p *webhook.Policy) { p.Methods = []string{""} }, `""`},
		{"an empty key", func(p *webhook.Policy) { p.Dedupe = expr.JSON("a..b") }, "empty key"},
		{"an empty last key", func(p *webhook.Policy) { p.Dedupe = expr.JSON("a.") }, "empty key"},
		{"failure for what is stored", func(p *webhook.Policy) { p.Accepted.Status = 500 }, "accepted: status 500"},
		{"a status that is none", func(p *webhook.Policy) { p.Accepted.Status = 42 }, "accepted: status 42"},
		{"success for what is not stored", func(p *webhook.Policy) {
			p.Refused = map[webhook.Cause]webhook.Answer{webhook.NotStored: {Status: 200}}
		}, "status 200 for not_stored"},
		{"a status beyond all", func(p *webhook.Policy) {
			p.Refused = map[webhook.Cause]webhook.Answer{webhook.Forged: {Status: 1000}}
		}, "status 1000 for forged"},
		{"an unknown cause", func(p *webhook.Policy) { p.Refused = map[webhook.Cause]webhook.Answer{"bored": {}} }, `unknown cause "bored"`},
		{"a token in two places", func(p *webhook.Policy) { p.Verify = proof.Token{Bearer: true, Path: true, Secret: field} }, "exactly one of"},
		{"a user without basic", func(p *webhook.Policy) { p.Verify = proof.Token{Bearer: true, User: "u", Secret: field} }, "user goes with basic"},
		{"any of none", func(p *webhook.Policy) { p.Verify = proof.AnyOf{} }, "any_of: no scheme"},
		{"any of nothing", func(p *webhook.Policy) { p.Verify = proof.AnyOf{nil} }, "any_of: [0]: no scheme"},
		{"any of one that is wrong", func(p *webhook.Policy) { p.Verify = proof.AnyOf{slack.Verify, proof.Token{}} }, "any_of: [1]: token"},
		{"an answer that ends the connection", func(p *webhook.Policy) { p.Accepted.Header = map[string]string{"Connection": "close"} }, `header "Connection" cannot be set`},
		{"an answer that splits", func(p *webhook.Policy) { p.Accepted.Header = map[string]string{"X-A": "1\r\nX-B: 2"} }, `header "X-A" cannot be set`},
		{"an answer's header without a name", func(p *webhook.Policy) {
			p.Refused = map[webhook.Cause]webhook.Answer{webhook.Forged: {Header: map[string]string{"": "1"}}}
		}, `header "" cannot be set`},
		{"a type that splits", func(p *webhook.Policy) { p.Accepted.ContentType = "a\nb" }, "content_type"},
		{"no cause", func(p *webhook.Policy) { p.Refused = map[webhook.Cause]webhook.Answer{webhook.Authentic: {}} }, `unknown cause ""`},
	} {
		p := policy()
		test.change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	err := webhook.Policy{MaxBody: -1, Methods: []string{"put"}, Dedupe: expr.JSON(".")}.Validate()
	for _, want := range []string{"verify", "max_body", "methods", "dedupe"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
}
