// Package usage is what the system accounts to processes, on Linux by /proc, elsewhere by ps.
//
//	u, err := usage.Of(os.Getpid())
package usage
