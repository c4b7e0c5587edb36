// Package conn keeps the connection to the broker: a [Link] is one connection, and a [Keeper] makes another when it is gone for good.
// What is asked and stored over it is the business of package bus, and of those below it.
package conn
