package conversation

import (
	"github.com/bonychat/puente/pkg/provider"
)

var classes = map[provider.Class]string{
	provider.Retry: "retry", provider.Rejected: "rejected", provider.Waiting: "waiting", provider.Suspended: "suspended",
	provider.Unknown: "uncertain",
}

// Class is the name of a class of failures.
func Class(c provider.Class) string { return classes[c] }

var scopes = map[provider.Scope]string{provider.Contact: "contact", provider.Channel: "channel", provider.Account: "account"}

// Failure shows a failed send.
func Failure(err error) map[string]any {
	f := provider.Classify(err)
	v := map[string]any{"class": classes[f.Class], "reason": f.Reason}
	if f.After > 0 {
		v["after"] = f.After.String()
	}
	if f.Class == provider.Waiting {
		v["scope"] = scopes[f.Scope]
	}
	if f.Within > 0 {
		v["within"] = f.Within.String()
	}
	return v
}
