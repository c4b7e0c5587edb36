package ingress

// Store is what storing a message needs.
type Store = store

// Through lets messages be stored through another store.
func (in *Ingress) Through(wrap func(Store) Store) { in.keeper.store = wrap(in.keeper.store) }

// MaxReadersOf is how many files one caller may read at one time.
const MaxReadersOf = maxReadersOf

// Reading is how many files are being read.
func (in *Ingress) Reading() int {
	in.readers.mu.Lock()
	defer in.readers.mu.Unlock()
	return in.readers.all
}
