package secret

import (
	"encoding/json"
	"log/slog"
)

// Value is a value that prints as "[secret]" everywhere; only Reveal yields it. It is written to JSON as "[secret]"
// too: what stores credentials does so on purpose.
type Value[T any] struct {
	// a function, because fmt looks into the fields of a struct that it reaches through an unexported one, and follows
	// pointers there
	value func() T
}

// Text is a credential.
type Text = Value[string]

// Texts are the live values of one credential, the newest first: while it is being changed there are two. In JSON and in
// the configuration they are one text, or a list of texts.
type Texts struct{ Value[[]string] }

// HideTexts hides the live values of a credential.
func HideTexts(values ...string) Texts { return Texts{Hide(values)} }

// First is the newest value, for what is sent; "" where there is none.
func (s Texts) First() string {
	if values := s.Reveal(); len(values) > 0 {
		return values[0]
	}
	return ""
}

// UnmarshalJSON reads one text or a list of them.
func (s *Texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) != nil {
		return s.Value.UnmarshalJSON(data)
	}
	s.Value = Hide[[]string](nil)
	if one != "" {
		s.Value = Hide([]string{one})
	}
	return nil
}

// Hide hides a value.
func Hide[T any](value T) Value[T] { return Value[T]{func() T { return value }} }

// Reveal is the value itself, for the one place that needs it.
func (h Value[T]) Reveal() (value T) {
	if h.value != nil {
		value = h.value()
	}
	return value
}

// String hides.
func (h Value[T]) String() string { return "[secret]" }

// GoString hides.
func (h Value[T]) GoString() string { return "[secret]" }

// LogValue hides.
func (h Value[T]) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON hides.
func (h Value[T]) MarshalJSON() ([]byte, error) { return []byte(`"[secret]"`), nil }

// UnmarshalJSON reads the value itself.
func (h *Value[T]) UnmarshalJSON(data []byte) error {
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	h.value = func() T { return value }
	return nil
}
