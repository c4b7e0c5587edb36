// Package webhook says how a network's calls are told from forged ones, as data.
//
// A network's service declares a [Policy]; it travels as JSON through the bucket NETWORKS to ingress, which verifies,
// stores and answers by it without knowing the network. The package does no I/O and keeps no state: what a call says
// is read from a [Call], what is secret comes from the channel's account.
//
// It is not its job to read what a call means: that is the network's Receive.
//
//	policy := webhook.Policy{
//		Verify: webhook.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
//		Dedupe: webhook.JSON("update_id"),
//	}
//	cause := policy.Check(call, secrets)
package webhook
