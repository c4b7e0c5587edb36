// Package fetchlimit bounds what is done for the attachments of calls: how many are fetched at once ([Slots]), and how often and how
// long one is tried ([Tries]). It fetches nothing itself, and never waits: it says when to come again.
package fetchlimit
