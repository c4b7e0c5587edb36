// Package heard is what becomes of a network's events beside the messages that are made of them: those of no interest are counted
// ([Ignored]), those that cannot be read become dead letters ([Unreadable]), texts are made storable ([Sanitize]), and ids that a
// network hands back are read ([ParseIdempotencyKey]). It knows no channel and publishes nothing.
package heard
