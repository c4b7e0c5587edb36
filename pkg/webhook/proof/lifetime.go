package proof

import "time"

// lifetime is for how long a scheme admits the same call, 0 where it does not say.
func lifetime(s Scheme) (longest time.Duration) {
	switch s := s.(type) {
	case JWT:
		if s.MaxAge > 0 {
			longest = s.MaxAge + 2*s.Leeway
		}
	case AnyOf:
		for _, one := range s {
			longest = max(longest, lifetime(one))
		}
	}
	return longest
}

// Lifetime is for how long the scheme admits the same call, 0 where it does not say.
func (j Judge) Lifetime() time.Duration { return lifetime(j.scheme) }
