// Package reason says why a message waits or will not arrive, as data: a code for machines, whose fault it is, the values
// that belong to it, and a sentence in English and in Spanish. The sentences travel with the reason, so that whoever shows
// one needs no catalogue.
//
// A network declares its reasons in a [Table]; Puente's own are in this package, with codes that begin with "puente.".
package reason
