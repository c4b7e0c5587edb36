package reason

import (
	"errors"
	"fmt"
	"slices"
)

// Table is all that a network may say. It is filled by [Table.New] while a program starts, and only read afterwards.
type Table struct{ all []Reason }

// New adds a reason to the table and returns it; see [New] for what it is made of.
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

// Has says that a reason is one of the table's, with whatever values.
func (t *Table) Has(r Reason) bool {
	return t != nil && slices.ContainsFunc(t.all, func(d Reason) bool { return d.code == r.code })
}

// Validate joins all that is wrong with the reasons as they are declared, codes that are there twice too.
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
