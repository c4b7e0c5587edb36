package webhook

import "github.com/bonychat/puente/pkg/webhook/expr"

// Call is one webhook call as it came: what a network's Receive reads. It is a value that nobody changes once it is made.
type Call = expr.Call

// Secrets are a channel's account by the names of its fields: what calls are judged by.
type Secrets = expr.Secrets
