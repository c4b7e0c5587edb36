// Package expr describes a webhook call ([Call]), and how values are found in it: an [Expr] finds one value, a [Condition] is a question
// about the call. Both are data, and are part of a policy's JSON.
//
//	expr.JSON("entry[].id")                                  // in the body
//	expr.FirstOf(expr.Header("X-Id"), expr.Query("id"))      // whichever is there
//	expr.Equals(expr.Query("hub.mode"), "subscribe")         // a condition
//	expr.EqualsSecret(expr.Query("token"), "verify_token")   // with a field of the channel's account
//
// A value is found without decoding the body, so that a stranger's call costs no more than its bytes. A value that is there twice is not
// found: the next reader might take the other one. Nothing here says whether a call is authentic: package proof does.
//
// To declare a policy you need only the functions that make expressions and conditions. The methods are for the packages that check
// calls. Everything is safe for concurrent use, since nothing changes.
package expr
