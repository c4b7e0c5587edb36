// Package reason says why a message waits or will not arrive, as data: a code for machines, who can remove the cause, values, and a
// sentence in English and in Spanish. The sentences are stored with the reason, so that a program that shows one needs no catalogue.
//
//	var TooLong = reasons.New("too_long", reason.Agent, "longer than {limit} characters", "más de {limit} caracteres")
//	return outcome.Reject(TooLong.With("limit", 4096), err)
//
// A network declares its reasons in a [Table]; Puente's own are in this package, with codes that begin with "puente.".
package reason
