// Package outbound holds the rules for what a network does: sending, fetching, registering, asking and listening, and what
// it makes of each answer.
package outbound
