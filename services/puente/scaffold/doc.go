// Package scaffold writes the folder of a new network: a value of provider.Network that works against an API that does
// not exist, with conversations both ways and a test that holds it to the kit. Whoever adds a network begins with what
// passes, and changes one thing at a time.
//
// In the repository it also adds the network to the all-in-one. It touches nothing else, and nothing at all where it
// returns an error.
package scaffold
