// Package rights says what each service may do at NATS: publish, ask, hear and answer, by the names of package topology. It is pure
// data. Package natsconf makes the configuration of a server of it, so that a stolen key of one service opens nothing of another's.
//
//	for _, set := range rights.Of([]string{"telegram", "whatsapp"}) {
//		allow(set.Service, set.Publish, set.Hear)
//	}
//
// A service that asks for something new has to be given the right here; the tests of natsconf run every service with these rights
// alone, and fail where one is missing.
package rights
