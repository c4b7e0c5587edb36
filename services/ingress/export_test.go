package ingress

// Store is what storing a message needs.
type Store = store

// Through lets messages be stored through another store.
func (in *Ingress) Through(wrap func(Store) Store) { in.keeper.store = wrap(in.keeper.store) }

// Reading is how many files are being read.
func (in *Ingress) Reading() int { return in.files.Reading() }
