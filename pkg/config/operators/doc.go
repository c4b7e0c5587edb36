// Package operators is who may operate Puente, as the configuration says it: the tokens of the control API with their roles, and the
// people whom a proxy signs in to the operators' page.
//
//	api := operators.Parse(fields["control"])
//	for _, t := range api.Tokens {
//		allow(t.Name, t.Role, t.Token.Reveal())
//	}
//
// It checks what is written, and lets nobody in: that is the control API's job.
package operators
