// Package secret keeps a value out of logs, errors and JSON. Whatever prints it, in whatever struct it is, writes "[secret]"; one
// method, [Value.Reveal], yields it, so that a search for that word finds every use.
//
//	token := secret.Hide("123:abc")
//	log.Info("signed in", "token", token) // token=[secret]
//	request.Header.Set("Authorization", "Bearer "+token.Reveal())
//
// It protects against what is written by accident. It does not protect a value in memory, and does not compare in constant time.
package secret
