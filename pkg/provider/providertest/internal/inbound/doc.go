// Package inbound holds the rules for what a network reads: its calls, and what it makes of calls that it cannot read.
package inbound
