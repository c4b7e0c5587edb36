// Package natsconf writes the accounts and users of a NATS server from the rights of the services (package rights): what
// a service needs is exported to an account of its own, and nothing else is there. So a stolen credential reads nothing else, and
// makes the server write nothing elsewhere: the server answers a request inside the account that made it, whatever reply subject
// it names.
package natsconf
