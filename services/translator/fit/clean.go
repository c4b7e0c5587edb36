package fit

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Clean takes the control characters out of all that a person reads of a message, but for tabs and line ends. They show
// nothing, and far ends fail at them: a NUL is answered 500 by what stores it in a database. It changes the message, both
// of a contact and of an agent.
func Clean(m *messagev1.Message) {
	if c := m.GetContent(); c != nil {
		clean(c.ProtoReflect())
	}
	if p := m.GetContact().GetProfile(); p != nil {
		clean(p.ProtoReflect())
	}
}

// clean walks over the texts of a message and of those in it.
func clean(m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
		case f.IsList() && f.Kind() == protoreflect.StringKind:
			for i, list := 0, v.List(); i < list.Len(); i++ {
				if text := list.Get(i).String(); strings.ContainsFunc(text, control) {
					list.Set(i, protoreflect.ValueOfString(without(text)))
				}
			}
		case f.IsList():
			for i, list := 0, v.List(); f.Message() != nil && i < list.Len(); i++ {
				clean(list.Get(i).Message())
			}
		case f.Message() != nil:
			clean(v.Message())
		case f.Kind() == protoreflect.StringKind && strings.ContainsFunc(v.String(), control):
			m.Set(f, protoreflect.ValueOfString(without(v.String())))
		}
		return true
	})
}

func without(text string) string {
	return strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, text)
}

// control says that a character is one of Unicode's C0 controls that no text needs.
func control(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }
