package dev.fairlead.core.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the reference says of a setting, and its default as an operator would write it.
 *
 * <p>The binder, the printer, the JSON Schema and {@code docs/configuration.md} are all made from the records and these
 * notes, so they cannot disagree. The key in the file is the component's name in kebab-case. A component is
 * <ul>
 *   <li><b>required</b> when it has no default and is not {@code @Nullable};
 *   <li><b>optional</b>, {@code null} when left out, when it is {@code @Nullable}; it then has no default;
 *   <li>else the default's text is bound exactly as if the operator had written it.
 * </ul>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Doc {
    /** One or two sentences for the operator. */
    String value();

    /** The default in the file's own notation, bound like any written value; empty where the key is required or optional. */
    String byDefault() default "";

    /**
     * Why the default is what it is, in one sentence; where the key is optional, why it may be left out. Every limit with a
     * default needs one: a duration, a size, a number, a share or a cap.
     */
    String reason() default "";

    /**
     * What shows a limit at work: reason codes and fields of the access log, and metrics, each in backquotes. Empty where
     * nothing does.
     */
    String seen() default "";

    /**
     * For numbers, durations, sizes and shares: both bounds, included, in the file's own notation ({@code 0..256},
     * {@code 10ms..24h}, {@code 1..}), or the only values ({@code 301, 302}). Empty for no bound but the type's own.
     */
    String within() default "";

    /** For texts and addresses: what may be written. */
    Text text() default Text.ANY;

    /** For maps: what its keys may be. */
    Text names() default Text.NAME;
}
