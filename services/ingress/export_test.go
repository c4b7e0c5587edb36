package ingress

import "context"

// Store is what storing a message needs.
type Store = store

// Through lets messages be stored through another store.
func (in *Ingress) Through(wrap func(Store) Store) { in.keeper.store = wrap(in.keeper.store) }

// Reading is how many files are being read.
func (in *Ingress) Reading() int { return in.files.Reading() }

// Undeclared are the networks that have channels and have not declared themselves.
func (in *Ingress) Undeclared(ctx context.Context) error { return in.channels.Undeclared(ctx) }
