package dev.fairlead.core.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the reference says of a setting, and its default as an operator would write it.
 *
 * <p>The binder, the JSON Schema and {@code docs/configuration.md} are all made from the records and these notes, so
 * they cannot disagree.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Doc {
    /** One or two sentences for the operator. */
    String value();

    /** The default in the file's own notation, bound like any written value; empty where the key is required or optional. */
    String byDefault() default "";
}
