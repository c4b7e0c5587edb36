// Package messages answers what became of messages: the MessageService of the control API. The history knows the way of a
// message; what it waits for at this moment the process knows that sends for its channel, and is asked.
package messages
