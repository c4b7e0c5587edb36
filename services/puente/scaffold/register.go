package scaffold

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// listName is the variable that lists the networks of the all-in-one.
const listName = "drivers"

// register adds a network to the source of the all-in-one's list: its import, and its line where the alphabet has it in the sorted
// names that the list ends with. Where they are, nothing changes.
func register(source []byte, name, importPath string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "builtin.go", source, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("the list of networks: %w", err)
	}
	list, err := listOf(file)
	if err != nil {
		return nil, err
	}
	if taken := usedAs(file, name); taken != "" && taken != importPath {
		return nil, fmt.Errorf("network name %q: the list of networks uses it for %s", name, taken)
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	if !lists(list, name) { // the later place first: the earlier one stays where it is
		if i := position(list, name); i < len(list.Elts) {
			source = insert(source, at(list.Elts[i].Pos()), name+".Network,\n\t")
		} else {
			source = insert(source, at(list.Rbrace), "\t"+name+".Network,\n")
		}
	}
	if usedAs(file, name) == "" {
		last := file.Imports[len(file.Imports)-1]
		source = insert(source, at(last.End()), "\n\t"+strconv.Quote(importPath))
	}
	return format.Source(source)
}

// listOf is the list itself.
func listOf(file *ast.File) (*ast.CompositeLit, error) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || v.Names[0].Name != listName || len(v.Values) != 1 {
				continue
			}
			if list, ok := v.Values[0].(*ast.CompositeLit); ok && len(file.Imports) > 0 {
				return list, nil
			}
		}
	}
	return nil, errors.New("the list of networks: there is no variable " + listName + " with a list")
}

// usedAs is what a name means in the file: the path of an import, or a declaration; "" for nothing.
func usedAs(file *ast.File, name string) string {
	for _, i := range file.Imports {
		imported, _ := strconv.Unquote(i.Path.Value)
		if i.Name != nil && i.Name.Name == name || i.Name == nil && path.Base(imported) == name {
			return imported
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == name {
				return "a function"
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && v.Names[0].Name == name {
					return "a variable"
				}
			}
		}
	}
	return ""
}

// lists says whether the network is in the list.
func lists(list *ast.CompositeLit, name string) bool {
	return slices.ContainsFunc(list.Elts, func(e ast.Expr) bool { return packageOf(e) == name })
}

// position is before which element a network belongs, their number for behind all.
func position(list *ast.CompositeLit, name string) int {
	i := len(list.Elts)
	for next := ""; i > 0; i-- {
		this := packageOf(list.Elts[i-1])
		if this < name || next != "" && this > next {
			break
		}
		next = this
	}
	return i
}

// packageOf is the package whose Network an element is, "" for anything else.
func packageOf(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name
		}
	}
	return ""
}

func insert(source []byte, at int, text string) []byte {
	out := append([]byte{}, source[:at]...)
	return append(append(out, text...), source[at:]...)
}
