// Package count counts what is set: what is declared says exactly one of several things.
package count

// Set is how many of these are true.
func Set(all ...bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}
