package config

import (
	"encoding/json"
	"log/slog"
)

// Hidden is a value that prints as "[secret]" everywhere; only Reveal yields it. It is written to JSON as "[secret]"
// too: what stores credentials does so on purpose.
type Hidden[T any] struct {
	// a function, because fmt looks into the fields of a struct that it reaches through an unexported one, and follows
	// pointers there
	value func() T
}

// Secret is a credential.
type Secret = Hidden[string]

// Secrets are the live values of one credential, the newest first: while it is being changed there are two. In JSON and in
// the configuration they are one text, or a list of texts.
type Secrets struct{ Hidden[[]string] }

// HideSecrets hides the live values of a credential.
func HideSecrets(values ...string) Secrets { return Secrets{Hide(values)} }

// First is the newest value, for what is sent; "" where there is none.
func (s Secrets) First() string {
	if values := s.Reveal(); len(values) > 0 {
		return values[0]
	}
	return ""
}

// UnmarshalJSON reads one text or a list of them.
func (s *Secrets) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) != nil {
		return s.Hidden.UnmarshalJSON(data)
	}
	s.Hidden = Hide[[]string](nil)
	if one != "" {
		s.Hidden = Hide([]string{one})
	}
	return nil
}

// Account is a network's account: a JSON object with credentials.
type Account = Hidden[json.RawMessage]

// Hide hides a value.
func Hide[T any](value T) Hidden[T] { return Hidden[T]{func() T { return value }} }

// Reveal is the value itself, for the one place that needs it.
func (h Hidden[T]) Reveal() (value T) {
	if h.value != nil {
		value = h.value()
	}
	return value
}

// String hides.
func (h Hidden[T]) String() string { return "[secret]" }

// GoString hides.
func (h Hidden[T]) GoString() string { return "[secret]" }

// LogValue hides.
func (h Hidden[T]) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON hides.
func (h Hidden[T]) MarshalJSON() ([]byte, error) { return []byte(`"[secret]"`), nil }

// UnmarshalJSON reads the value itself.
func (h *Hidden[T]) UnmarshalJSON(data []byte) error {
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	h.value = func() T { return value }
	return nil
}
