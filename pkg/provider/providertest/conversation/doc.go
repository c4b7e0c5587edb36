// Package conversation reads and writes golden conversations: txtar files of what a network calls, what is sent to it, and
// what follows from either. The package providertest says what each file in one is called and plays them; this one is for
// whoever looks at what they hold, such as a judge of the network's requests.
package conversation
