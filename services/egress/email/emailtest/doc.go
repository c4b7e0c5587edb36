// Package emailtest has what tests of the e-mail network need: a codec for the kit's conversations, and servers in memory.
package emailtest
