// Package foreigntest builds and runs the programs of others that tests are run against: a Matrix homeserver, Jaeger.
//
// Each of them is pinned by a module of its own that is no part of the build, and not in go.work. It is built once for a
// version of that module, and kept in the user's cache, since building takes minutes:
//
//	binary, err := foreigntest.Build(ctx, "internal/dendrite", "github.com/matrix-org/dendrite/cmd/dendrite")
//	address, err := foreigntest.FreeAddress()
//	p, err := foreigntest.Start(ctx, exec.Command(binary, "-address", address), "http://"+address+"/healthz")
//	defer p.Stop()
package foreigntest
