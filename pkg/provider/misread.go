package provider

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Misread is the reason why a piece of JSON cannot be read, for [Event.Unreadable]: what it is and where the decoder
// stopped, without what stood there. "a message" makes "a message cannot be read at from.id".
func Misread(what string, err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return fmt.Sprintf("%s cannot be read at %s", what, t.Field)
	}
	return what + " cannot be read"
}
