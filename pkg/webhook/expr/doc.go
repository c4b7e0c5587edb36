// Package expr is what a webhook call is, and what can be read from one: an [Expr] finds a value, a [Condition] asks a
// question. Both are data, and travel with a policy as JSON.
//
//	expr.JSON("entry[].id")                                  // in the body
//	expr.FirstOf(expr.Header("X-Id"), expr.Query("id"))      // whichever is there
//	expr.Equals(expr.Query("hub.mode"), "subscribe")         // a condition
//	expr.EqualsSecret(expr.Query("token"), "verify_token")   // with a field of the channel's account
//
// What is looked for is found without decoding the body, so that a call of a stranger costs no more than its bytes. What is
// there twice is not found: whoever reads it next could take the other one. Nothing here says whether a call is authentic:
// package proof does.
//
// Whoever judges calls asks an expression what it covers (Leaves, InBody, AsksBody, Same) and what is wrong with it
// (Problem); who declares a policy needs only the functions that make one.
package expr
