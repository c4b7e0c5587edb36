// Package smpptest has what tests of the SMPP network need: a codec for the kit's conversations, and an SMSC.
package smpptest
