package heard

import (
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Sanitize replaces what is no UTF-8 in every text of a message, and says whether there was any. It looks into messages and
// lists of texts; what a network's service publishes has neither maps nor lists of messages.
func Sanitize(m protoreflect.Message) (changed bool) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.StringKind && f.IsList():
			for i, list := 0, v.List(); i < list.Len(); i++ {
				if text, bad := readable(list.Get(i).String()); bad {
					list.Set(i, protoreflect.ValueOfString(text))
					changed = true
				}
			}
		case f.Kind() == protoreflect.StringKind:
			if text, bad := readable(v.String()); bad {
				m.Set(f, protoreflect.ValueOfString(text))
				changed = true
			}
		case f.Message() != nil && f.Cardinality() != protoreflect.Repeated:
			changed = Sanitize(v.Message()) || changed
		}
		return true
	})
	return changed
}

// readable is a text as it can be stored, and whether that is another one. Each run of bytes that are no UTF-8 becomes one U+FFFD.
func readable(text string) (changed string, bad bool) {
	if utf8.ValidString(text) {
		return text, false
	}
	return strings.ToValidUTF8(text, "\ufffd"), true
}
