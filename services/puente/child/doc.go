// Package child runs this very program again, as processes of its own that can be killed, frozen and measured: each
// under a name, on ports that it finds again, with its log in a folder, and dying with whoever started it.
//
// It knows nothing of what the processes do.
//
//	p := &child.Process{Name: "nats-1", Args: []string{"process", "node", "--dir", dir}, Ready: "http://127.0.0.1:8222/readyz", Folder: dir}
//	if err := p.Start(program); err == nil { err = p.Await(ctx) }
package child
