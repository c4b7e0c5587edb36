// Package oracle judges calls of the Bot API by the vendor's description of it. It knows shapes, not behaviour: required
// and unknown parameters, types down to the last nested one, lengths of texts.
package oracle

//go:generate go run ../genmethods -in $TELEGRAM_API_JSON -out ../../testdata/methods.json

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/bonychat/puente/services/egress/telegram/testdata"
)

// ArrayOf begins the name of an array's type.
const ArrayOf = "Array of "

// Table is a description of the Bot API.
type Table struct {
	Version string            `json:"version"`
	Methods map[string]Object `json:"methods"`
	Types   map[string]Object `json:"types"`
}

// Object is a method with its parameters, or a type with its fields.
type Object struct {
	Fields map[string]Field `json:"fields,omitempty"`
	// OneOf are the types that a value of this one has the shape of.
	OneOf []string `json:"one_of,omitempty"`
}

// Field is one parameter.
type Field struct {
	Types    []string `json:"types"`
	Required bool     `json:"required,omitempty"`
	// Min and Max bound a text in Unit, characters or bytes; a Max of 0 is no bound.
	Min  int    `json:"min,omitempty"`
	Max  int    `json:"max,omitempty"`
	Unit string `json:"unit,omitempty"`
}

// File stands for a file that was uploaded.
type File struct{}

// New reads the committed table.
func New() *Table {
	var t Table
	if err := json.Unmarshal(testdata.Methods, &t); err != nil {
		panic(fmt.Sprintf("oracle: methods.json: %v", err)) // it was committed broken
	}
	return &t
}

// Check says what is wrong with a call. Values are those of encoding/json with numbers as [json.Number], and [File].
func (t *Table) Check(method string, params map[string]any) error {
	m, ok := t.Methods[method]
	if !ok {
		return fmt.Errorf("method %q is not in the table", method)
	}
	return t.fields(m, params)
}

func (t *Table) fields(o Object, values map[string]any) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		f := o.Fields[name]
		v, given := values[name]
		switch {
		case !given && f.Required:
			errs = append(errs, fmt.Errorf("%s: is required", name))
		case given:
			if err := t.value(f, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, ok := o.Fields[name]; !ok {
			errs = append(errs, fmt.Errorf("%s: unknown", name))
		}
	}
	return errors.Join(errs...)
}

func (t *Table) value(f Field, v any) error {
	if text, ok := v.(string); ok && f.Max > 0 {
		n := len(utf16.Encode([]rune(text)))
		if f.Unit == "bytes" {
			n = len(text)
		}
		if n < f.Min || n > f.Max {
			return fmt.Errorf("has %d %s, not %d to %d", n, f.Unit, f.Min, f.Max)
		}
	}
	var errs []error
	for _, name := range f.Types {
		err := t.typed(name, v)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (t *Table) typed(name string, v any) error {
	if of, ok := strings.CutPrefix(name, ArrayOf); ok {
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("is no %s", name)
		}
		for i, v := range list {
			if err := t.typed(of, v); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	}
	ok := false
	switch name {
	case "String":
		_, ok = v.(string)
	case "Boolean":
		_, ok = v.(bool)
	case "Integer":
		_, err := number(v).Int64()
		ok = err == nil
	case "Float":
		f, err := number(v).Float64()
		ok = err == nil && !math.IsInf(f, 0)
	case "InputFile":
		_, ok = v.(File)
	default:
		return t.object(name, v)
	}
	if !ok {
		return fmt.Errorf("is no %s", name)
	}
	return nil
}

func (t *Table) object(name string, v any) error {
	o, known := t.Types[name]
	values, ok := v.(map[string]any)
	switch {
	case !known:
		return fmt.Errorf("type %s is not in the table", name)
	case !ok:
		return fmt.Errorf("is no %s", name)
	case len(o.OneOf) > 0:
		return t.value(Field{Types: o.OneOf}, v)
	}
	if err := t.fields(o, values); err != nil {
		return fmt.Errorf("is no %s: %w", name, err)
	}
	return nil
}

func number(v any) json.Number {
	n, _ := v.(json.Number)
	return n
}
