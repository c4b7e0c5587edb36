package sms

import (
	"fmt"
	"strings"
)

// Instructions implements [provider.Instructor]: where the provider has to call, and the request that an example would
// make, with names in place of credentials.
func (s *sender) Instructions(webhookURL string) string {
	a := s.account
	shown := a.values(s.declared, "+34600111222", "Hola, ¿qué tal?", "0199d3c7a1b27c3d8e4f5a6b7c8d9e0f-0", webhookURL+"/<SECRET>")
	shown["password"], shown["key"] = "<PASSWORD>", "<KEY>"
	return fmt.Sprintf("Have the provider send messages and receipts to %s/<SECRET> or %s?%s=<SECRET>, or with the secret as the password of basic authentication.\n"+
		"A message becomes:\n%s", webhookURL, webhookURL, tokenParameter, s.request.curl(shown, a.API))
}

// curl is the request as a call to copy.
func (r *request) curl(v values, api string) string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
	plain := func(text string) string { return text }
	base := r.base
	if api != "" {
		base = strings.TrimSuffix(api, "/")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "curl -X %s %s", r.method, quote(base+r.target(v, plain, strings.NewReplacer(" ", "%20", "&", "%26").Replace)))
	if r.basic != nil {
		fmt.Fprintf(&b, " \\\n  -u %s", quote(r.basic[0].value.Expand(v.of, nil)+":"+r.basic[1].value.Expand(v.of, nil)))
	}
	for _, h := range r.header {
		if value, ok := filled(h.value, v); ok {
			fmt.Fprintf(&b, " \\\n  -H %s", quote(h.name+": "+value))
		}
	}
	for _, f := range r.form {
		if value, ok := filled(f.value, v); ok {
			fmt.Fprintf(&b, " \\\n  --data-urlencode %s", quote(f.name+"="+value))
		}
	}
	if r.json != nil {
		if body, err := r.bodyJSON(v); err == nil {
			fmt.Fprintf(&b, " \\\n  -H 'Content-Type: application/json' -d %s", quote(string(body)))
		}
	}
	return b.String()
}
