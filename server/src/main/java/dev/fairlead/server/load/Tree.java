package dev.fairlead.server.load;

import java.util.List;

/** YAML as the binder sees it: anchors followed, variables replaced, duplicates and foreign tags gone. Immutable. */
sealed interface Tree {
    Position at();

    /** How many values it stands for, itself included. */
    long size();

    /** What it is, for messages: "a list". */
    String what();

    /**
     * A single value.
     *
     * @param text the value, variables replaced
     * @param written the value as it stands in the file, for messages
     * @param loose whether variables were replaced, so that the quotes say nothing about the type
     */
    record Scalar(String text, String written, Type type, boolean loose, Position at) implements Tree {
        enum Type {
            TEXT("a text"),
            INTEGER("a number"),
            DECIMAL("a number with a fraction"),
            BOOLEAN("true or false"),
            NOTHING("nothing");

            final String what;

            Type(String what) {
                this.what = what;
            }
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public String what() {
            return type.what;
        }

        /** How to show it to the operator: never a variable's value. */
        String shown() {
            return written.isEmpty() ? "an empty text" : Source.shown(written);
        }
    }

    /** A list. */
    record Items(List<Tree> items, long size, Position at) implements Tree {
        @Override
        public String what() {
            return "a list";
        }
    }

    /** A mapping, each key once. */
    record Entries(List<Member> entries, long size, Position at) implements Tree {
        @Override
        public String what() {
            return "a mapping";
        }
    }

    /** A value that cannot be used and has been reported already; it keeps its key, so that the key is not missed. */
    record Broken(Position at) implements Tree {
        @Override
        public long size() {
            return 1;
        }

        @Override
        public String what() {
            return "nothing";
        }
    }

    /** One key of a mapping and its value. */
    record Member(String key, Position keyAt, Tree value) {}
}
