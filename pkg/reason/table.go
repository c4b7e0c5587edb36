package reason

import (
	"errors"
	"fmt"
	"slices"
)

// Table holds all reasons of a network. Fill it by [Table.New] while the program starts; afterwards it is safe for concurrent use.
type Table struct{ all []Reason }

// New adds a reason to the table and returns it; see [New] for the parameters.
func (t *Table) New(code string, fault Fault, en, es string) Reason {
	r := New(code, fault, en, es)
	t.all = append(t.all, r)
	return r
}

// All are the reasons in the order in which they were declared, none for a nil table.
func (t *Table) All() []Reason {
	if t == nil {
		return nil
	}
	return slices.Clone(t.all)
}

// Has says whether a reason is one of the table's, with any values.
func (t *Table) Has(r Reason) bool {
	return t != nil && slices.ContainsFunc(t.all, func(d Reason) bool { return d.code == r.code })
}

// Validate joins all mistakes of the declared reasons, codes that are there twice among them.
func (t *Table) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range t.All() {
		errs = append(errs, r.Declared())
		if seen[r.code] {
			errs = append(errs, fmt.Errorf("reason %q is declared twice", r.code))
		}
		seen[r.code] = true
	}
	return errors.Join(errs...)
}
