// Package service is what every process of Puente has in common: flags, configuration, log, tracing, the broker, the
// internal port, and a shutdown that reads from top to bottom. What a service does is its own: a function that takes a
// context and returns an error ([Run]).
//
//	func main() { service.Main("ingress", ingress.Run) }
//
// [Main] is the program of one service, whose broker is elsewhere. The all-in-one runs several services in one process: it calls
// [Start] for each, with one configuration, one log and one [Health], and its embedded broker.
//
// # Start and stop
//
// A service is started before the broker is there: it waits. It is ready (/readyz) once its stream is there and it has called
// [Env.Started]. It stops when its context ends, by SIGTERM or SIGINT: it begins nothing new, finishes what it has begun, and
// returns; then its leases are released, so that another process goes on at once, and its connection is closed. A second signal
// ends the process where it stands, as a crash does: what was on the wire is then looked up by the next owner. A process that has
// not ended within [EndWithin] and the configured grace ends itself with status 1, and its log says where it hangs ([Overdue]).
//
// # The internal port
//
// It answers /healthz while the process runs, /readyz with what is missing, and /metrics. It has no password, and what it tells
// names no contact and holds no content; the control API, on the same port, asks for a token.
//
// # What is bounded
//
// The number of connections of a port ([OwnConnections]) follows from the file descriptors that the system allows. When all are in use, a
// new caller takes the place of the one that has been idle for longest, or waits if none is idle. The garbage collector works harder
// once nine tenths of the memory are in use ([Memory]).
package service
