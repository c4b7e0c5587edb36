package conversation

import (
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

var classes = map[result.Class]string{
	result.Retry: "retry", result.Rejected: "rejected", result.Waiting: "waiting", result.Suspended: "suspended",
	result.Uncertain: "uncertain",
}

// Class is the name of a class of failures.
func Class(c result.Class) string { return classes[c] }

var scopes = map[result.Scope]string{outcome.Contact: "contact", outcome.Channel: "channel", outcome.Account: "account"}

// Failure shows a failed send.
func Failure(err error) map[string]any {
	f := outcome.Classify(err)
	v := map[string]any{"class": classes[f.Class], "reason": f.Reason.String()}
	if f.After > 0 {
		v["after"] = f.After.String()
	}
	if f.Class == result.Waiting {
		v["scope"] = scopes[f.Scope]
	}
	if f.Within > 0 {
		v["within"] = f.Within.String()
	}
	return v
}
