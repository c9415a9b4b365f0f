package dev.fairlead.core.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a record may be written other than as a mapping of all its keys. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Written {
    /** As one of several kinds, its name in the file; else the record's own name in kebab-case. */
    String name() default "";

    /** The component that a bare value stands for: {@code 10.0.0.1:80} for {@code {address: 10.0.0.1:80}}. */
    String shorthand() default "";

    /** Whether the word {@code off} may be written: every optional component is then left out. */
    boolean off() default false;

    /** Exactly one of these optional components must be written. */
    String[] oneOf() default {};
}
